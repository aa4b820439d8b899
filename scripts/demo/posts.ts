import type { ShotName } from './pictures.ts';

export interface DemoPost {
  readonly by: string;
  readonly shots: readonly [ShotName, ...ShotName[]];
  readonly caption: string;
  /** Who said what, the first one first. */
  readonly comments?: readonly (readonly [string, string])[];
}

/** Sixty posts, the oldest first. */
export const POSTS: readonly DemoPost[] = [
  { by: 'alice', shots: ['golden ridges'], caption: 'Testing, testing.' },
  {
    by: 'bob',
    shots: ['towers in rain'],
    caption: 'Lamps on at noon. November has arrived early.',
  },
  { by: 'carol', shots: ['grey sea'], caption: '' },
  { by: 'dan', shots: ['blinds'], caption: '16:42' },
  {
    by: 'mei.lin',
    shots: ['succulent'],
    caption: 'Echeveria on the kitchen sill. It counts better than I do: 8, 13, 21.',
    comments: [
      ['priya', 'Fibonacci would like a word.'],
      ['mei.lin', 'He is welcome, I have tea.'],
    ],
  },
  {
    by: 'yusuf.haddad',
    shots: ['dunes in the morning'],
    caption: 'الصباح الأول.',
    comments: [['alice', 'So quiet. I can almost hear it.']],
  },
  { by: 'priya', shots: ['white rows'], caption: 'Chamomile, first week of May.' },
  {
    by: 'matteo',
    shots: ['plums'],
    caption: 'Plums. They lasted exactly one photograph.',
    comments: [['dan', 'Rest in jam.']],
  },
  { by: 'aroha', shots: ['stars over the ridge'], caption: '25 seconds, f/1.8, two sheep.' },
  {
    by: 'ines.da.conceicao.vasconcelos',
    shots: ['shallow water'],
    caption: 'Praia, dez da manhã.',
  },
  { by: 'tomasz', shots: ['peaks at noon'], caption: 'Hard light, hard snow, soft knees.' },
  {
    by: 'sade',
    shots: ['rain in blue'],
    caption: 'Bus 38, upper deck, front left.',
    comments: [['bob', 'The best seat in town.']],
  },
  {
    by: 'alice',
    shots: ['forest in rain', 'forest in blue'],
    caption: 'The same slope, at four and at nine. Swipe for the night.',
    comments: [
      ['aroha', 'The second one!'],
      ['tomasz', 'Both, and the drive home in between.'],
    ],
  },
  { by: 'carol', shots: ['open water'], caption: 'Force six. Held the camera with one hand.' },
  { by: 'bob', shots: ['towers at dusk'], caption: 'Pink for eleven minutes.' },
  { by: 'dan', shots: ['green ink'], caption: 'I dropped it. I kept it.' },
  {
    by: 'mei.lin',
    shots: ['evening grass'],
    caption: 'Lay down in the wet grass for this one. The dog was confused, then delighted.',
  },
  {
    by: 'yusuf.haddad',
    shots: ['dunes in blue'],
    caption:
      'بعد الغروب يصير الرمل أزرق. لا أحد يصدّق حتى يراه بعينه. مشيت ساعتين لأصل إلى هذه القمّة، وجلست حتى اختفى آخر ضوء.',
    comments: [
      ['mei.lin', 'I did not know that sand could be blue.'],
      ['yusuf.haddad', 'ولا أنا 🙂'],
    ],
  },
  { by: 'priya', shots: ['tulips'], caption: 'Four varieties, one very patient farmer. 🌷' },
  { by: 'aroha', shots: ['lights over the lake'], caption: 'KP 5.' },
  {
    by: 'tomasz',
    shots: ['peaks in blue'],
    caption: 'Too late to be up here, as usual.',
    comments: [['alice', 'Head torch. I say it every time.']],
  },
  {
    by: 'ines.da.conceicao.vasconcelos',
    shots: ['arches'],
    caption:
      'We drew these arches eleven times. Too high, too low, too wide, too pleased with themselves. In the end the carpenter took the pencil, made a line, and went to lunch. This is the carpenter’s line.',
    comments: [
      ['matteo', 'Give the carpenter a raise.'],
      ['dan', 'Give the carpenter the firm.'],
      ['ines.da.conceicao.vasconcelos', 'He has asked for both.'],
    ],
  },
  { by: 'sade', shots: ['rain in green'], caption: 'Green means go. Nobody went.' },
  {
    by: 'matteo',
    shots: ['quinces'],
    caption: 'The neighbour’s quinces. The whole house smells of them.',
  },
  {
    by: 'alice',
    shots: ['valley in the morning'],
    caption: 'Home.',
    comments: [['carol', 'I understand you now.']],
  },
  {
    by: 'carol',
    shots: ['headland at dusk'],
    caption: 'Waited for the boat. The boat did not come. Stayed anyway.',
  },
  { by: 'bob', shots: ['dusk road'], caption: '30 seconds of other people going home.' },
  { by: 'dan', shots: ['night ink'], caption: 'Weather, somewhere.' },
  {
    by: 'mei.lin',
    shots: ['white camellia'],
    caption: '白茶花',
    comments: [['matteo', 'Stealing this for a painting.']],
  },
  { by: 'priya', shots: ['autumn leaf'], caption: 'Carotenoids, on their way out.' },
  {
    by: 'yusuf.haddad',
    shots: ['white dunes'],
    caption: 'نصف نور، نصف ظلّ. #صحراء',
    comments: [['tomasz', 'Looks like a ridge in the Tatra. Only warmer.']],
  },
  {
    by: 'aroha',
    shots: ['violet lights'],
    caption: 'Nitrogen for the violet, oxygen for the green, me for the shivering.',
  },
  {
    by: 'ines.da.conceicao.vasconcelos',
    shots: ['pool in the shade'],
    caption: 'Tile count: yes.',
  },
  { by: 'tomasz', shots: ['snow plain'], caption: '−19 °C. The snow squeaks like new shoes.' },
  { by: 'sade', shots: ['rain on the window'], caption: '🌧️🟠🔴🔵' },
  {
    by: 'alice',
    shots: ['lake at noon'],
    caption: 'Not one breath of wind. I threw the pebble after the picture, not before.',
    comments: [
      ['bob', 'Upside down it is the better one.'],
      ['alice', 'You would say that.'],
    ],
  },
  { by: 'carol', shots: ['sea at dawn'], caption: 'Bom dia.' },
  {
    by: 'matteo',
    shots: ['oranges'],
    caption: 'No. 412. The light comes at ten past four and stays for nine minutes.',
  },
  {
    by: 'dan',
    shots: ['palms'],
    caption: 'The palm is not mine. The wall is not mine. The shadow is.',
  },
  { by: 'bob', shots: ['night road'], caption: 'Switchbacks. Cold hands, hot engines.' },
  { by: 'mei.lin', shots: ['yellow flower'], caption: 'A small sun, 6 cm.' },
  { by: 'priya', shots: ['red rows'], caption: 'Poppies gone to the horizon.' },
  {
    by: 'yusuf.haddad',
    shots: ['dunes at dusk'],
    caption: 'Rose hour. ساعة الورد',
    comments: [['priya', 'The ripples!']],
  },
  {
    by: 'tomasz',
    shots: ['peaks in gold'],
    caption: 'Last light on the north face. Skied down in the dark, singing.',
  },
  {
    by: 'aroha',
    shots: ['milky way'],
    caption: 'Every one of those is a sun. I still forget the lens cap.',
  },
  {
    by: 'alice',
    shots: ['lake before sunrise', 'blue ridges'],
    caption: 'Before the sun: the lake, then the way up from it.',
  },
  {
    by: 'ines.da.conceicao.vasconcelos',
    shots: ['window light'],
    caption: 'Casa vazia. Primeira visita.',
  },
  {
    by: 'sade',
    shots: ['forest in the morning'],
    caption: 'Left the city for once. Suspiciously dry.',
  },
  {
    by: 'carol',
    shots: ['moonlight'],
    caption: 'The moon paid for the whole evening.',
    comments: [
      ['aroha', 'Full moon: my day off, your best night.'],
      ['carol', 'We should share a calendar.'],
    ],
  },
  {
    by: 'matteo',
    shots: ['coral ink'],
    caption: 'The granddaughter’s water glass, after painting.',
  },
  {
    by: 'dan',
    shots: ['pool'],
    caption: 'Stared at this until they closed.',
    comments: [['ines.da.conceicao.vasconcelos', 'The correct use of a pool.']],
  },
  {
    by: 'priya',
    shots: ['lavender'],
    caption: 'Five in the morning, two million bees, one of me.',
  },
  {
    by: 'bob',
    shots: ['towers in fog'],
    caption: 'Fog took the top thirty floors and gave the rest a good cleaning.',
    comments: [
      ['sade', 'I can see my office. I am in it. Help.'],
      ['alice', 'Layers! You are photographing mountains, Bob.'],
      ['bob', 'Do not tell anyone.'],
    ],
  },
  {
    by: 'mei.lin',
    shots: ['dahlia', 'lotus in violet'],
    caption: 'Dahlia, lotus. Rivals since spring.',
    comments: [
      ['priya', 'Dahlia ‘Rosella’?'],
      ['mei.lin', 'You are good.'],
    ],
  },
  { by: 'yusuf.haddad', shots: ['golden dunes'], caption: 'كل يوم صفحة جديدة، والريح تكتب.' },
  {
    by: 'tomasz',
    shots: ['snow peaks', 'ridges at dawn', 'ridges in rain'],
    caption: 'One traverse, three mornings. Legs: done. Heart: full. Tea: frozen.',
  },
  {
    by: 'aroha',
    shots: ['northern lights'],
    caption: 'It began at 01:12 while I was packing up. Unpacked.',
    comments: [
      ['tomasz', 'Always stay ten minutes longer.'],
      ['alice', 'The reflection. Oh.'],
      ['yusuf.haddad', 'سبحان الله'],
    ],
  },
  {
    by: 'sade',
    shots: ['waterfront'],
    caption: 'No rain. I did not know what to do with my hands.',
    comments: [['bob', 'Welcome to the dry side.']],
  },
  {
    by: 'carol',
    shots: ['sun on the sea', 'dew', 'leaf in the sun'],
    caption: 'Sea, grass, leaf: everything that shone today, in order of size.',
    comments: [
      ['mei.lin', 'The grass one is mine in spirit.'],
      ['dan', 'Best thing in my feed this week.'],
      ['alice', 'The path of light on the first one.'],
    ],
  },
  {
    by: 'alice',
    shots: ['lake at dusk', 'forest at dawn'],
    caption:
      'Last evening and this morning, from the same tent. I slept four hours and would not give back one minute of the rest. The mountain changed its mind about its colour every time that I looked away; the fog came up at half past four and stayed for coffee.',
    comments: [
      ['carol', 'This is the one.'],
      ['bob', 'How is that colour allowed.'],
      ['tomasz', 'I know that shore. Second tree from the left owes me a glove.'],
      ['mei.lin', 'Beautiful, Alice.'],
    ],
  },
];
