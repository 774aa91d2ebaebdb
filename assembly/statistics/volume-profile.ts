// Volume against its usual size at the same time of day: median of the slot's last 20 days, of the last 48
// bars until then.

import { log } from '../math/elementary';
import { clip } from '../math/shape';
import { SortedWindow, sortedWindowBytes } from './sorted-window';

const SLOTS: i32 = 48;
const DAYS: i32 = 20;
const BARS: i32 = 48;
const LIMIT: f64 = 4.0;

/** Position-independent state: a window over all bars, then one for each half-hour of the UTC day. */
@unmanaged
export class VolumeProfile {
  /** Bars taken. */
  bars: i32;
  pad: i32;

  init(): void {
    this.bars = 0;
    this.pad = 0;
    this.all().init(BARS);
    for (let slot = 0; slot < SLOTS; slot++) this.slot(slot).init(DAYS);
  }

  @inline
  private all(): SortedWindow {
    return changetype<SortedWindow>(changetype<usize>(this) + offsetof<VolumeProfile>());
  }

  @inline
  private slot(i: i32): SortedWindow {
    const at = offsetof<VolumeProfile>() + sortedWindowBytes(BARS) + <usize>i * sortedWindowBytes(DAYS);
    return changetype<SortedWindow>(changetype<usize>(this) + at);
  }

  /**
   * ln of the volume over the usual one, ±4 at most and −4 without volume; NaN in warm-up. The volume joins
   * the past.
   */
  push(slot: i32, volume: f64): f64 {
    const own = this.slot(slot);
    const usual = own.count == DAYS ? own.median(DAYS) : this.all().median(BARS);
    own.push(volume);
    this.all().push(volume);
    this.bars++;
    if (usual != usual) return NaN;
    return volume > 0.0 && usual > 0.0 ? clip(log(volume / usual), LIMIT) : -LIMIT;
  }
}

/** Bytes of one VolumeProfile. */
export const VOLUME_PROFILE_BYTES: usize =
  offsetof<VolumeProfile>() + sortedWindowBytes(BARS) + <usize>SLOTS * sortedWindowBytes(DAYS);
