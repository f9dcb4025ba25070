/** The `academy` module for editors and readers, all made from the one definition. */
export { FUEL_PRICES } from './definition.ts'
export { academyDts, priceList } from './dts.ts'
