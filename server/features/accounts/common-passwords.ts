/** Long passwords that stand on every list of leaked ones and that no rule below finds. */
const WHOLE = new Set(
  `1q2w3e4r5t 1q2w3e4r5t6y 1qaz2wsx3edc 1qazxsw23edc q1w2e3r4t5 q1w2e3r4t5y6 qazwsxedcrfv qazwsx123
  zaq12wsxcde3 1qazxsw2 asdfghjkl; zxcvbnm123 abcd123456 abc1234567 147258369a 147258369 1472583690
  a1b2c3d4e5 a1b2c3d4e5f6 qwe123qwe123 qweasdzxc123 asdqwe123 123qweasdzxc 1234qwerasdf qwer1234asdf
  iloveyou12 trustno1234 letmein1234 correcthorsebatterystaple thequickbrownfox iamtheboss
  whatthehell nevermind1 ilovemyself iloveyousomuch idontknow1 idontknow123 mynameis123 helloworld
  helloworld1 goodmorning goodmorning1 happybirthday happynewyear merrychristmas blink182blink
  liverpoolfc manchesterunited chelseafc1 realmadrid1 barcelona10 michaeljackson mypassword
  mypassword1 newpassword newpassword1 thisismypassword passwordpassword adminadmin testtesttest`.split(
    /\s+/,
  ),
);

/** What people put digits and signs around. */
const WORDS = new Set(
  `abcdef access admin administrator alexander alexandra amanda america andrea andrew angel angels anthony
  apple aperto ashley autumn babygirl banana barcelona baseball basketball batman beautiful benjamin
  blessed bonjour brandon brooklyn butterfly california cameron caroline catherine champion changeme
  charles charlie charlotte cheese chelsea chicago chicken chocolate christian christina christopher
  computer cookie corvette cowboys daniel danielle darkness default destiny diamond dolphin donald dragon
  drowssap eagles elephant elizabeth everton facebook family february ferrari florida flower flowers
  football forever freedom friend friends friendship gabriel galaxy garfield george ginger google
  guitar hannah harley heather hello hellokitty hockey homework honey hunter iloveu iloveyou
  instagram internet isabella jackson january jasmine jennifer jeremy jessica jesus jordan joseph
  joshua junior justin katherine killer kimberly knight lakers lauren letmein liverpool london lovely
  loveyou lucky madison maggie manchester martin master matrix matthew melissa mercedes metallica
  michael michelle minecraft mohammed monday monica monkey monster morgan mother mustang myspace naruto
  natasha nathan newyork nicholas nicole nintendo november october olivia orange pakistan passion
  passphrase passport password passwort patricia patrick peanut pepper phoenix photos player playstation
  please pokemon precious prince princess purple qwerty qwertz rainbow rangers rebecca redsox richard
  robert rockstar samantha samsung sandra scooter secret security september serenity shadow shannon
  silver single snoopy snowball soccer something spiderman spring starwars stephanie steven summer
  sunday sunflower sunshine superman superstar sweetheart swordfish taylor teacher temporary tennis
  tequila testing thomas thunder tiffany tigger tinkerbell trustno trouble tuesday twilight unicorn
  vanessa victoria victory wednesday welcome whatever william windows winner winter wizard yankees
  yellow`.split(/\s+/),
);

/** Signs that stand for letters: p@ssw0rd. */
const LOOKS_LIKE: Readonly<Record<string, string>> = {
  '0': 'o',
  '1': 'i',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '7': 't',
  '@': 'a',
  $: 's',
  '!': 'i',
};
/** This much around a word (a year, a sign) makes it no better. */
const AROUND_MAX = 6;

/** Whether a password, in small letters, is one that is tried first: on the lists, or a word of them with digits and signs around it. */
export function isCommonPassword(small: string): boolean {
  if (WHOLE.has(small)) return true;
  const letters = small.replace(/^[^a-z]+/, '').replace(/[^a-z]+$/, '');
  const signs = small.replace(/^[^a-z@$]+/, '').replace(/[^a-z]+$/, '');
  const read = [...signs].map((sign) => LOOKS_LIKE[sign] ?? sign).join('');
  return [letters, read].some((core) => small.length - core.length <= AROUND_MAX && isWord(core));
}

function isWord(core: string): boolean {
  const half = core.slice(0, core.length / 2);
  return WORDS.has(core) || (half + half === core && WORDS.has(half));
}
