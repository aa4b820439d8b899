import { useEffect, useState } from 'preact/hooks';
import { addChosen } from './drafting.ts';

/** Takes files that are dropped anywhere or pasted. True while some are held over the window. */
export function useIncoming(): boolean {
  const [over, setOver] = useState(false);
  useEffect(() => {
    // Entering a child leaves its parent: counted, so that the sign does not flicker.
    let depth = 0;
    const stop = new AbortController();
    const listen = <Name extends keyof WindowEventMap>(
      name: Name,
      work: (event: WindowEventMap[Name]) => void,
    ) => addEventListener(name, work, { signal: stop.signal });
    listen('dragenter', (event) => {
      if (!bringsFiles(event.dataTransfer)) return;
      depth += 1;
      setOver(true);
    });
    listen('dragleave', (event) => {
      if (!bringsFiles(event.dataTransfer)) return;
      depth -= 1;
      if (depth <= 0) setOver(false);
    });
    listen('dragover', (event) => {
      if (bringsFiles(event.dataTransfer)) event.preventDefault();
    });
    listen('drop', (event) => {
      if (!bringsFiles(event.dataTransfer)) return;
      event.preventDefault();
      depth = 0;
      setOver(false);
      add(event.dataTransfer?.files);
    });
    listen('paste', (event) => {
      if (!event.clipboardData?.files.length) return;
      event.preventDefault();
      add(event.clipboardData.files);
    });
    return () => stop.abort();
  }, []);
  return over;
}

function add(files: FileList | undefined): void {
  addChosen([...(files ?? [])]).catch(reportError);
}

function bringsFiles(data: DataTransfer | null): boolean {
  return data?.types.includes('Files') ?? false;
}
