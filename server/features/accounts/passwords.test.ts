import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hashPassword, passwordFault, passwordFits } from './passwords.ts';

const fault = (password: string) => passwordFault(password, 'maria.k', 'mkowalska@example.org');

test('trivial passwords are refused, each with what to change', () => {
  const faults: [about: RegExp, passwords: readonly string[]][] = [
    [
      /five different/,
      ['aaaaaaaaaaaa', '1111111111', 'abababababab', 'AAAAaaaaAAAA', 'aaabbbcccddd'],
    ],
    [
      /alphabet, the digits or the keyboard/,
      [
        '1234567890',
        '0987654321',
        '9876543210',
        'abcdefghij',
        'ABCDEFGHIJKL',
        'zyxwvutsrq',
        'qwertyuiop',
        'poiuytrewq',
        'abcde12345',
        'qwerty12345',
        'qwertyuiop123',
        'asdfghjkl;',
        '11112222333344445555',
      ],
    ],
    [/repeats a short piece/, ['k7vq2k7vq2k7vq2', 'tr4vxtr4vxtr', 'n3x7tn3x7t']],
    [
      /tried first/,
      [
        'password123',
        'PASSWORD123',
        'P@ssw0rd123',
        'p@$$w0rd2024!',
        'passwordpassword',
        'Sunshine2023',
        '123football',
        'iloveyou1234',
        'Welcome2025!',
        '1q2w3e4r5t',
        '1qaz2wsx3edc',
        'basketball1',
        'Summer2024!!',
        'princess99',
        'administrator1',
        'correcthorsebatterystaple',
      ],
    ],
    [/your username/, ['my name is maria.k', 'MARIA.K-2024x', 'xx maria.k xx']],
    [/your e-mail address/, ['mkowalska 1999', 'hello MKowalska']],
  ];
  for (const [about, passwords] of faults) {
    for (const password of passwords) assert.match(fault(password) ?? 'none', about, password);
  }
});

test('passwords that people may well choose are taken', () => {
  for (const password of [
    'three otters and 1 kite',
    'пароль с пробелами 🔑',
    'blue-lamp-under-seven',
    'Vh7!kQz0wp',
    'sunshine over my village',
    'the password of the house',
    'nine 1234 tigers',
    'marshmallow fjord',
    '漢字仮名交じり文の長い合言葉',
  ]) {
    assert.equal(fault(password), null, password);
  }
});

test('short names are part of too many words to matter', () => {
  assert.equal(passwordFault('three otters and 1 kite', 'ott', 'and@example.org'), null);
});

test('a hash fits its own password, and no hash fits none', async () => {
  const hash = await hashPassword('three otters and 1 kite');
  assert.match(hash, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  assert.ok(await passwordFits(hash, 'three otters and 1 kite'));
  assert.ok(!(await passwordFits(hash, 'three otters and 2 kites')));
  assert.ok(!(await passwordFits(null, 'a password that nobody has')));
});
