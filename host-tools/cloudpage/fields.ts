/** JSON schemas that several requests share. */
export const limit = { type: "integer", minimum: 1, maximum: 5000, default: 500 } as const;
export const devEui = { type: "string", pattern: "^[0-9a-f]{16}$" } as const;
export const time = { type: "number", minimum: 0, maximum: 2 ** 40 } as const;
export const id = { type: "integer", minimum: 1, maximum: Number.MAX_SAFE_INTEGER } as const;
export const only = (properties: object) => ({ type: "object", properties, additionalProperties: false }) as const;
