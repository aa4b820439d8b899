-- What a draft holds is found by the draft.
create index uploads_of_drafts on uploads (person_id, draft_id) where draft_id is not null;

-- The sweep goes over what is neither used nor held, however much of the rest there is.
create index uploads_never_used on uploads (created_at, person_id, upload_id)
  where used_at is null and draft_id is null;
