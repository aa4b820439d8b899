import { Type } from 'typebox';

declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

export type PersonId = Branded<'PersonId'>;
export type PostId = Branded<'PostId'>;
export type MediaId = Branded<'MediaId'>;
export type UploadId = Branded<'UploadId'>;
export type CommentId = Branded<'CommentId'>;
export type PlaceId = Branded<'PlaceId'>;
export type DraftId = Branded<'DraftId'>;
export type CollectionId = Branded<'CollectionId'>;
export type SessionId = Branded<'SessionId'>;

/** A decimal string without leading zeros, below 9.2 × 10¹⁸: it fits 63 bits, and every id until July 2094. */
export const ID_PATTERN = '^(0|[1-9][0-9]{0,17}|[1-8][0-9]{18}|9[01][0-9]{17})$';

function idSchema<Id extends string>(what: string) {
  return Type.Unsafe<Id>(
    Type.String({ pattern: ID_PATTERN, description: `Id of ${what}, a decimal string` }),
  );
}

export const PersonId = idSchema<PersonId>('a person');
export const PostId = idSchema<PostId>('a post');
export const MediaId = idSchema<MediaId>('a picture of a post');
export const UploadId = idSchema<UploadId>('an upload');
export const CommentId = idSchema<CommentId>('a comment');
export const PlaceId = idSchema<PlaceId>('a place');
export const DraftId = idSchema<DraftId>('a draft');
export const CollectionId = idSchema<CollectionId>('a collection of saved posts');
export const SessionId = idSchema<SessionId>('a session');
