import { me } from '../../data/session.ts';
import { Feed } from './feed.tsx';
import { Landing } from './landing.tsx';

/** The first page: the feed of a signed-in person, or what Aperto is. */
export default function HomePage() {
  return me.value ? <Feed /> : <Landing />;
}
