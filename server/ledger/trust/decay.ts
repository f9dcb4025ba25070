/** How much an outcome counts by its age: half after 30 days, in whole numbers, so that every node comes to the same figure. */
import { TRUST_DAYS_MAX, TRUST_HALF_LIFE_DAYS } from '../../limits.ts'

/** 2^32 × 2^(−days/30), rounded, for 0…29 days. */
const WITHIN_A_HALF_LIFE: readonly bigint[] = [
  4_294_967_296n,
  4_196_870_107n,
  4_101_013_462n,
  4_007_346_185n,
  3_915_818_271n,
  3_826_380_858n,
  3_738_986_199n,
  3_653_587_636n,
  3_570_139_579n,
  3_488_597_478n,
  3_408_917_802n,
  3_331_058_012n,
  3_254_976_542n,
  3_180_632_775n,
  3_107_987_022n,
  3_037_000_500n,
  2_967_635_313n,
  2_899_854_428n,
  2_833_621_662n,
  2_768_901_654n,
  2_705_659_852n,
  2_643_862_496n,
  2_583_476_593n,
  2_524_469_906n,
  2_466_810_934n,
  2_410_468_894n,
  2_355_413_709n,
  2_301_615_985n,
  2_249_047_003n,
  2_197_678_699n,
]

/** The share of an amount that is left after whole days; nothing after 300 of them. */
export function decayed(micro: bigint, days: number): bigint {
  if (days <= 0) return micro
  if (days >= TRUST_DAYS_MAX) return 0n
  const halvings = BigInt(Math.floor(days / TRUST_HALF_LIFE_DAYS))
  return (micro * WITHIN_A_HALF_LIFE[days % TRUST_HALF_LIFE_DAYS]!) >> (32n + halvings)
}
