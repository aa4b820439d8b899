@rem npm scripts begin with "exec", so that signals reach the launcher and not a shell before it.
@rem For the shell of Windows, which has no such word, this file is that word.
@%*
