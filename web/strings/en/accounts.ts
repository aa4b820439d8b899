export const accounts = {
  'landing.promise': 'A quiet place for photos, open to everyone.',
  'landing.how':
    'See what the people you follow share, latest first, until you have caught up. No advertising, no tracking, nothing in between.',
  'landing.have-account': 'Have an account?',
  'landing.no-account': 'New here?',
  'account.email': 'E-mail address',
  'account.full-name': 'Name',
  'account.username': 'Username',
  'account.username-hint': 'Small letters, digits, points and underscores.',
  'account.username-wrong':
    'Use small letters, digits, points and underscores; no point at the start or the end.',
  'account.username-or-email': 'Username or e-mail address',
  'account.password': 'Password',
  'account.password-hint':
    'At least {count} characters. A few words that only you would put together work well.',
  'account.show-password': 'Show password',
  'account.hide-password': 'Hide password',
  'account.missing': 'Fill this in.',
  'sign-up.title': 'Create your account',
  'sign-up.do': 'Sign up',
  'log-in.title': 'Welcome back',
  'log-in.do': 'Log in',
} as const;
