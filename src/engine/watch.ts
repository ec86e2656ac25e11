export interface MemoryReport {
  readonly rssMb: number;
  readonly limitMb: number;
}

/** Says once when the resident size is over the limit. Native memory is not bounded by the heap limit: only RSS tells. */
export function memoryWatch(limitMb: number, onOver: (report: MemoryReport) => void): () => void {
  let told = false;
  return () => {
    const rssMb = residentMb();
    if (told || rssMb <= limitMb) return;
    told = true;
    onOver({ rssMb, limitMb });
  };
}

/** Resident size of this process in MiB. */
export function residentMb(): number {
  return process.memoryUsage.rss() / 2 ** 20;
}
