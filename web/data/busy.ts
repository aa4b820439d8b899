let show = () => {};

/** What people see while a call waits for a server that has too much to do: set by the app. */
export function showBusy(how: () => void): void {
  show = how;
}

export function sayBusy(): void {
  show();
}
