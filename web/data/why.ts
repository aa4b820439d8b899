import type { PostId } from '../../api/ids.ts';
import type * as api from '../../api/ranking.ts';
import { call } from './client.ts';
import { adoptRanking, inTurn, resetting, saveRanking, takingBack } from './ranking.ts';

export type {
  LessOf,
  LessOfKind,
  Ranking,
  RankingPreset,
  Term,
  Weights,
  Why,
} from '../../api/ranking.ts';

/** Why a post stands where it stands in the ranked order, as things are now. Throws `ApiError`. */
export function whyPost(id: string, signal: AbortSignal): Promise<api.Why> {
  return call<typeof api.whyPost>('GET /posts/{post_id}/why', {
    params: { post_id: id as PostId },
    signal,
  });
}

/** Asks for less of what a post is; gives what it asks less of from now on. Throws `ApiError`. */
export function wantLess(id: string, of: api.LessOfKind): Promise<readonly api.LessOf[]> {
  return inTurn(async () => {
    const said = await call<typeof api.wantLess>('POST /feed/ranking/less', {
      body: { post_id: id as PostId, of },
    });
    adoptRanking(said, true);
    return said.less_of;
  });
}

/** Takes wishes for less back; also while the page is being left. Throws `ApiError`. */
export function wantAgain(ids: readonly string[]): Promise<void> {
  return inTurn(async () => {
    try {
      for (const less_id of ids) {
        const said = await call<typeof api.wantAgain>('DELETE /feed/ranking/less/{less_id}', {
          params: { less_id },
          keepalive: true,
        });
        adoptRanking(said, true);
      }
    } finally {
      showTaken(ids, false);
    }
  });
}

/** Shows them as taken back, or not any more; nothing is asked of the server. */
export function showTaken(ids: readonly string[], taken: boolean): void {
  const next = new Set(takingBack.peek());
  for (const id of ids) {
    if (taken) next.add(id);
    else next.delete(id);
  }
  takingBack.value = next;
}

/** Shows the ranking as begun anew, or as it is; nothing is asked of the server. */
export function showReset(begun: boolean): void {
  if (begun) void saveRanking();
  resetting.value = begun;
}

/** Begins anew, also while the page is being left. Throws `ApiError`. */
export function resetRanking(): Promise<void> {
  return inTurn(async () => {
    try {
      const said = await call<typeof api.resetRanking>('DELETE /feed/ranking', { keepalive: true });
      adoptRanking(said, true);
    } finally {
      resetting.value = false;
    }
  });
}
