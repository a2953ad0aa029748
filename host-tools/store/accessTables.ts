/** Times are seconds since 1970. */
export interface AccessTables {
  users: UserRow;
  sessions: SessionRow;
  attempts: AttemptRow;
  tokens: TokenRow;
}

/** Each may what those before it may. */
export type Role = "viewer" | "operator" | "admin";

interface UserRow {
  name: string;
  role: Role;
  /** How it was hashed, salt and hash. */
  password: string;
  createdAt: number;
}

interface SessionRow {
  /** SHA-256 of the secret that the browser has. */
  digest: string;
  userName: string;
  createdAt: number;
  usedAt: number;
}

/** Of log-ins: how many since when. */
interface AttemptRow {
  key: string;
  count: number;
  since: number;
}

/** For programs. */
export interface TokenRow {
  name: string;
  /** SHA-256 */
  digest: string;
  role: Role;
  createdAt: number;
  /** null: never */
  expiresAt: number | null;
  usedAt: number | null;
}
