/** JSON schemas that several requests and answers share. */
export const limit = { type: "integer", minimum: 1, maximum: 5000, default: 500 } as const;
export const devEui = { type: "string", pattern: "^[0-9a-f]{16}$" } as const;
export const time = { type: "number", minimum: 0, maximum: 2 ** 40 } as const;
export const id = { type: "integer", minimum: 1, maximum: Number.MAX_SAFE_INTEGER } as const;
export const only = (properties: object) => ({ type: "object", properties, additionalProperties: false }) as const;

/** A schema of answers.ts. @param description in place of its own */
export const answer = (name: string, description?: string) => ({
  $ref: `${name}#`,
  ...(description !== undefined && { description }),
});
export const listOf = (name: string, description: string) => ({ type: "array", items: answer(name), description });
/** What is not JSON. */
export const inForm = (type: string, schema: object, description: string) => ({
  description,
  content: { [type]: { schema } },
});
export const nothing = (description: string) => ({ type: "null", description });
export const notFound = { 404: answer("Problem", "there is none") };
