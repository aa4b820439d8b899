import type { AvatarName } from './pictures.ts';

export interface Person {
  readonly username: string;
  readonly fullName: string;
  readonly bio: string;
  readonly link?: string;
  readonly avatar: AvatarName;
  /** Usernames, the latest first. */
  readonly follows: readonly string[];
}

/** The people of the demo. All are made up; the addresses are of the reserved example domains. */
export const CAST: readonly Person[] = [
  {
    username: 'alice',
    fullName: 'Alice Lindqvist',
    bio: 'Ridges, forests, weather. Östersund. I get up early so that you need not.',
    link: 'https://example.org/alice',
    avatar: 'shore',
    follows: [
      'bob',
      'carol',
      'dan',
      'mei.lin',
      'yusuf.haddad',
      'aroha',
      'tomasz',
      'sade',
      'ines.da.conceicao.vasconcelos',
      'priya',
    ],
  },
  {
    username: 'bob',
    fullName: 'Bob Okonkwo',
    bio: 'Cities after dark. One lens, no tripod. ☕',
    avatar: 'ember',
    follows: ['alice', 'carol', 'sade', 'dan', 'matteo', 'aroha', 'tomasz'],
  },
  {
    username: 'carol',
    fullName: 'Carol Ferreira da Silva',
    bio: 'The sea, again.',
    link: 'https://example.com/sea',
    avatar: 'moon',
    follows: ['alice', 'bob', 'ines.da.conceicao.vasconcelos', 'aroha', 'mei.lin', 'tomasz'],
  },
  {
    username: 'dan',
    fullName: 'Dan Novák',
    bio: '',
    avatar: 'slate',
    follows: ['alice', 'bob', 'ines.da.conceicao.vasconcelos', 'matteo', 'sade'],
  },
  {
    username: 'mei.lin',
    fullName: '林美玲 Lin Mei-ling',
    bio: '花 · 葉 · 露。 Flowers from far too close.',
    avatar: 'flower',
    follows: ['alice', 'priya', 'carol', 'matteo', 'aroha', 'yusuf.haddad'],
  },
  {
    username: 'yusuf.haddad',
    fullName: 'يوسف الحدّاد',
    bio: 'مصوّر من وادي رم. الرمل، والريح، والصبر.',
    link: 'https://example.net/yusuf',
    avatar: 'jade',
    follows: ['alice', 'mei.lin', 'tomasz', 'aroha', 'priya', 'carol'],
  },
  {
    username: 'priya',
    fullName: 'Priya Raghunathan',
    bio: 'Botanist by day. Field rows, seasons, mud on the boots. 🌾',
    avatar: 'rose',
    follows: ['mei.lin', 'alice', 'yusuf.haddad', 'matteo', 'sade', 'bob'],
  },
  {
    username: 'matteo',
    fullName: 'Matteo Bianchi',
    bio: 'One table, one window, forty years of oranges.',
    avatar: 'spiral',
    follows: ['dan', 'mei.lin', 'priya', 'ines.da.conceicao.vasconcelos', 'alice'],
  },
  {
    username: 'aroha',
    fullName: 'Aroha Te Whare',
    bio: 'Night skies. Long exposures, cold fingers, warm flask.',
    avatar: 'violet',
    follows: ['alice', 'tomasz', 'carol', 'yusuf.haddad', 'bob', 'mei.lin'],
  },
  {
    username: 'ines.da.conceicao.vasconcelos',
    fullName: 'Inês Maria da Conceição Albuquerque e Vasconcelos',
    bio: 'Arquitecta. Light is the cheapest material and the hardest to get delivered on time. Lisboa · São Paulo · wherever the pool is.',
    link: 'https://example.org/a-very-long-address/that-goes-on/for-quite-a-while',
    avatar: 'amber',
    follows: ['carol', 'dan', 'matteo', 'alice', 'bob', 'sade'],
  },
  {
    username: 'tomasz',
    fullName: 'Tomasz Wiśniewski',
    bio: 'Up there. Tatra, mostly on skis.',
    avatar: 'summit',
    follows: ['alice', 'aroha', 'carol', 'yusuf.haddad', 'bob'],
  },
  {
    username: 'sade',
    fullName: 'Ṣadé Adébáyọ̀',
    bio: 'Rain on glass, lights behind it. Lagos → London.',
    avatar: 'moss',
    follows: ['bob', 'dan', 'alice', 'ines.da.conceicao.vasconcelos', 'priya', 'aroha'],
  },
];
