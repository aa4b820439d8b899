/** What every picture is made from: the same order gives the same picture. */
export interface Order {
  readonly width: number;
  readonly height: number;
  readonly seed: number;
}
