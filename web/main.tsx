import './ui/tokens.css';
import './ui/base.css';
import { render } from 'preact';
import { App } from './app.tsx';
import { startHomeFeed } from './data/home-feed.ts';
import { startOffline } from './data/offline.ts';
import { startSession } from './data/session.ts';
import { startSocket } from './data/socket.ts';
import { resumeUploads } from './data/uploads/resume.ts';
import { startStrings } from './strings/strings.ts';
import { startBars } from './ui/bars.ts';
import { startRouter } from './ui/router.ts';
import { startScrollMemory } from './ui/scroll-memory.ts';
import { startTheme } from './ui/theme.ts';

startTheme();
startStrings();
startRouter();
startScrollMemory();
startBars();
startSession();
startSocket();
startHomeFeed();
resumeUploads();
startOffline();

const root = document.getElementById('app');
if (root) render(<App />, root);
