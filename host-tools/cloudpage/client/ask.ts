let csrf = "";

export const setCsrf = (value: string): void => void (csrf = value);

/** The server does not want it, and says why. */
export class StatusError extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
    this.name = "StatusError";
  }

  override toString(): string {
    return this.message;
  }
}

/** @throws StatusError; after 401 the page looks whether its session has ended */
export async function ask<T>(method: "GET" | "POST" | "PUT" | "DELETE", path: string, body?: unknown): Promise<T> {
  const response = await fetch(path, {
    method,
    headers: {
      ...(method !== "GET" && { "x-csrf-token": csrf }),
      ...(body !== undefined && { "content-type": "application/json" }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  if (response.status === 204) return undefined as T;
  const answer = (await response.json().catch(() => ({}))) as T & { message?: string };
  if (response.ok) return answer;
  if (response.status === 401 && !path.endsWith("/session")) dispatchEvent(new Event("loam-out"));
  throw new StatusError(
    response.status,
    answer.message ?? `${path}: ${response.status.toString()} ${response.statusText}`,
  );
}
