import { computed } from '@preact/signals';
import type { List } from '../../data/lists.ts';
import { post } from '../../data/posts.ts';

/** The list without what was let go here since it was loaded. */
export function stillSaved(list: List<string>): List<string> {
  const items = computed(() =>
    list.items.value.filter((id) => post(id).value?.viewer.saved !== false),
  );
  return { ...list, items };
}
