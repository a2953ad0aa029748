import { Command } from "commander";
import type { Role } from "../access/roles.js";
import { nameRule } from "../access/roles.js";
import { createToken } from "../access/tokens.js";
import { UserError } from "../lib/errors.js";
import { positive } from "../lib/numbers.js";
import { formatTable } from "../lib/table.js";
import { listTokens, removeToken } from "../store/tokens.js";
import { configHelp, parseName, roleOption, withStore } from "./cloudUser.js";

const daySeconds = 86400;
const day = (seconds: number | null, none: string): string =>
  seconds === null ? none : new Date(seconds * 1000).toISOString();

const add = new Command("add")
  .description("Make a token for a program, and print it: nothing shows it again.")
  .argument("<name>", nameRule, parseName)
  .addOption(roleOption())
  .option("--days <n>", "it expires after so many days; default: never", positive)
  .action(async (name: string, { role, days }: { role: Role; days?: number }, command: Command) =>
    withStore(command, async (store) => {
      const now = Date.now() / 1000;
      const expiresAt = days === undefined ? null : now + days * daySeconds;
      const token = await createToken(store, { name, role, expiresAt }, now);
      if (token === undefined) throw new UserError(`there is a token ${name}; remove it first`);
      process.stdout.write(`${token}\n`);
    }),
  );

const list = new Command("list")
  .description("List the tokens, without themselves.")
  .action(async (_: object, command: Command) =>
    withStore(command, async (store) => {
      const rows = (await listTokens(store)).map(({ name, role, createdAt, expiresAt, usedAt }) => [
        ...[name, role, day(createdAt, ""), day(expiresAt, "never"), day(usedAt, "never")],
      ]);
      process.stdout.write(`${formatTable(["name", "role", "added", "expires", "last used"], rows)}\n`);
    }),
  );

const remove = new Command("remove")
  .description("Remove a token: from now on it opens nothing.")
  .argument("<name>", "the token's name")
  .action(async (name: string, _: object, command: Command) =>
    withStore(command, async (store) => {
      if (!(await removeToken(store, name))) throw new UserError(`there is no token ${name}`);
    }),
  );

export const tokenCommand = new Command("token")
  .description(`Tokens for programs that use the API: Authorization: Bearer TOKEN. In the database ${configHelp}.`)
  .addCommand(add)
  .addCommand(list)
  .addCommand(remove);
