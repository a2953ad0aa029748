import type { Role } from "../store/accessTables.js";

export type { Role };

/** From the least: a viewer sees everything, an operator labels deferrals, an admin sees who may do so, and ends it. */
export const roles = ["viewer", "operator", "admin"] as const satisfies readonly Role[];

export const mayAct = (role: Role, needed: Role): boolean => roles.indexOf(role) >= roles.indexOf(needed);

/** Of users and tokens. */
export const namePattern = "^[A-Za-z0-9][A-Za-z0-9._@+-]{0,63}$";
export const nameRule = "1 to 64 letters, digits and . _ @ + -, the first a letter or digit";
