import { useState } from "preact/hooks";
import { ask } from "./ask.js";

export function LogIn({ onIn }: { onIn: () => void }) {
  const [error, setError] = useState("");
  const [isBusy, setBusy] = useState(false);
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const given = Object.fromEntries(new FormData(event.currentTarget as HTMLFormElement));
    setBusy(true);
    ask("POST", "/api/session", given)
      .then(onIn, (refused: unknown) => setError(String(refused)))
      .finally(() => setBusy(false));
  };
  return (
    <main>
      <h1>loam cloud</h1>
      <section aria-labelledby="login">
        <h2 id="login">Log in</h2>
        <form onSubmit={submit}>
          <label>
            name
            <input name="name" autocomplete="username" autocapitalize="none" maxLength={64} required />
          </label>
          <label>
            password
            <input name="password" type="password" autocomplete="current-password" maxLength={1024} required />
          </label>
          <button disabled={isBusy}>log in</button>
        </form>
        {error && <p role="alert">{error}</p>}
      </section>
    </main>
  );
}
