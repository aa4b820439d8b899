/** What is said when the pictures are the visitor's own and nobody knows what they show. */
export const PLAIN_CAPTIONS: readonly string[] = [
  'This one.',
  '',
  'Took the long way home for it.',
  'Found on the card, months later. I do not remember pressing the button, and I am glad that I did.',
  'Yesterday.',
  '📷',
  'No edit, no crop, no idea how.',
  'من الأرشيف',
  'The first of many, I hope.',
  'Almost deleted it.',
  'Sunday.',
  'For the ones who asked.',
];

/** Said under any picture. */
export const REMARKS: readonly string[] = [
  'This.',
  'The light in this one.',
  'Stopped scrolling.',
  'How do you do it?',
  'Lovely.',
  '❤️',
  'More of these, please.',
  'On my wall, if I had one.',
  'Quietly perfect.',
  'Look at those colours.',
  'جميل جدًا',
  '好美',
  'Que maravilha.',
  'I had to look twice.',
  'Where is this?',
];
