/** What JSON can say. Values from outside stay `Json` until `parse/` has looked at them. */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject
export interface JsonObject {
  readonly [key: string]: Json
}
