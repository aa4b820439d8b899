/** Where the files of photos lie: for whose they are, and for whoever runs the server. */
export const storage = {
  'originals.open': 'Original files',
  'originals.title': 'Original files',
  'originals.text':
    'Kept bit for bit as they came. Only you can download them: they may hold where and when they were taken.',
  'originals.photo': 'Photo {number}',
  'originals.video': 'Video {number}',
  'originals.file': '{type}, {size}',
  'originals.stored': {
    one: 'Stored in {count} place',
    other: 'Stored in {count} places',
  },
  'originals.checked': 'checked on {date}',
  'originals.not-checked': 'not checked yet',
  'originals.one-place':
    'If that disk fails, the file is gone. Whoever runs this server can add a second one; until then, keep a copy of your own.',
  'originals.no-place':
    'No whole copy can be reached at the moment. If you have this file, keep it.',
  'originals.download': 'Download',
  'originals.download-of': 'Download original of {what}',
  'originals.failed': 'Where the original is could not be found out',

  'similar.title': 'Similar photos',
  'similar.text':
    'Photos of yours, in different posts, that look alike. Only you see this. A deleted post can be restored for 30 days.',
  'similar.none': 'No similar photos',
  'similar.none-text':
    'When you post a photo that looks like one you have posted, both will be here.',
  'similar.failed': 'Similar photos could not be loaded',
  'similar.exact': 'The same file, twice',
  'similar.near': 'Very similar',
  'similar.later': 'Later',
  'similar.earlier': 'Earlier',
  'similar.posted': '{when}: {date}',
  'similar.among': { one: 'Post of {count} photo', other: 'One of {count} photos in its post' },
  'similar.see': 'See the post of {date}',
  'similar.delete': 'Delete post',
  'similar.delete-of': 'Delete post of {date}',
  'similar.keep': 'Keep both',
  'similar.keep-of': 'Keep both: {date} and {other}',
  'similar.kept': 'Both stay. They will not be shown here again.',
  'similar.keep-failed': 'That did not work. {reason}',

  'storage.title': 'Storage',
  'storage.text': {
    one: 'Each file is kept in {count} place. Every {days} days all copies are read, and what is damaged is repaired from a good one.',
    other:
      'Each file is kept in {count} places. Every {days} days all copies are read, and what is damaged is repaired from a good one.',
  },
  'storage.check': 'Check now',
  'storage.checking': 'A check of all files is under way',
  'storage.failed': 'The server did not say how its storage is. {reason}',
  'storage.check-failed': 'The check could not be started. {reason}',
  'storage.places': 'Places',
  'storage.state-ok': 'Works',
  'storage.state-away': 'Cannot be reached',
  'storage.state-filling': 'Being filled',
  'storage.away-text':
    'Nothing is lost while the other places hold copies. Mount it again; or put an empty folder in its place and restart the server: it will be filled.',
  'storage.free': '{free} free of {total}',
  'storage.free-of': 'Used space of {place}',
  'storage.filled': '{percent} filled',
  'storage.filling-of': 'Filling {place}',
  'storage.objects': { one: '{count} file', other: '{count} files' },
  'storage.one-place':
    'All files lie in one place only. Name a second folder, on another disk, in BLOBS_URL to survive the loss of a disk.',
  'storage.rounds': 'Checks',
  'storage.no-rounds': 'The first check begins soon.',
  'storage.round': 'Check',
  'storage.begun': 'Begun',
  'storage.state': 'State',
  'storage.read': 'Read',
  'storage.repaired': 'Repaired',
  'storage.lost': 'Lost',
  'storage.round-done': 'Done',
  'storage.round-cut': 'Begun anew',
  'storage.round-running': '{percent} done',
  'storage.faults': 'Found damaged',
  'storage.no-faults': 'Nothing so far: every copy that was read is whole.',
  'storage.what': 'What',
  'storage.outcome': 'Outcome',
  'storage.found-at': 'Found',
  'storage.outcome-repaired': { one: '{count} copy repaired', other: '{count} copies repaired' },
  'storage.outcome-lost': 'Lost: no good copy is left',
  'storage.part': 'Part {part} of the store',
  'storage.unclaimed': {
    one: '{count} file belongs to nothing in the database. Such files are left over by crashes and removed after two days.',
    other:
      '{count} files belong to nothing in the database. Such files are left over by crashes and removed after two days.',
  },
  'storage.held-back': {
    one: '{count} file belongs to nothing in the database: nothing is removed. Is this the database of these files, or an old backup?',
    other:
      '{count} files belong to nothing in the database, far more than crashes leave: nothing is removed. Is this the database of these files, or an old backup?',
  },
} as const;
