/**
 * Guards that stand behind another one, by their key, and why they are there all the same. Who takes one
 * away alone lets nobody see more.
 */
export const SECOND_LINES: Readonly<Record<string, string>> = {};
