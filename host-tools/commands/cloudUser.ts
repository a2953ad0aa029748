import { Command, InvalidArgumentError, Option } from "commander";
import { hashPassword, passwordLength } from "../access/passwords.js";
import { namePattern, nameRule, roles, type Role } from "../access/roles.js";
import { UserError } from "../lib/errors.js";
import { readPassword } from "../lib/password.js";
import { formatTable } from "../lib/table.js";
import { readCloudConfig } from "../service/config.js";
import { openStore, type Store } from "../store/store.js";
import { addUser, changeUser, hasUsers, listUsers, removeUser } from "../store/users.js";

export const roleOption = (): Option =>
  new Option(
    "--role <role>",
    "viewer: sees everything; operator: labels deferrals, too; admin: sees and removes users and tokens, too",
  )
    .choices(roles)
    .default("viewer");

export function parseName(text: string): string {
  if (!new RegExp(namePattern).test(text)) throw new InvalidArgumentError(`${nameRule} expected`);
  return text;
}

export const configHelp = "of the cloud's description: --config <file>, as for loam cloud";

/** With the database that the cloud's description names. @param command the one that was called: --config belongs to loam cloud */
export async function withStore(command: Command, work: (store: Store) => Promise<void>): Promise<void> {
  const { config } = command.optsWithGlobals<{ config?: string }>();
  const store = await openStore((await readCloudConfig(config)).database);
  try {
    await work(store);
  } finally {
    await store.close();
  }
}

const add = new Command("add")
  .description(
    `Add a user of the page. Asks for the password, or reads it as a line from the standard input: ${passwordLength.least} characters or more.`,
  )
  .argument("<name>", nameRule, parseName)
  .addOption(roleOption())
  .option("--replace", "give a user who exists a new password and role; his sessions end")
  .action(async (name: string, { role, replace }: { role: Role; replace?: true }, command: Command) => {
    await withStore(command, async (store) => {
      const exists = (await listUsers(store)).some((user) => user.name === name);
      if (exists && !replace) throw new UserError(`there is a user ${name}; --replace gives a new password and role`);
      const password = await hashPassword(await readPassword(`password of ${name}`));
      const isStored = exists
        ? await changeUser(store, name, role, password)
        : await addUser(store, { name, role, createdAt: Date.now() / 1000 }, password);
      if (!isStored) throw new UserError(`${name} was ${exists ? "removed" : "added"} meanwhile; try again`);
      process.stdout.write(`${name}: ${role}\n`);
    });
  });

const list = new Command("list")
  .description("List the users of the page.")
  .action(async (_: object, command: Command) =>
    withStore(command, async (store) => {
      const rows = (await listUsers(store)).map(({ name, role, createdAt }) => [
        name,
        role,
        new Date(createdAt * 1000).toISOString(),
      ]);
      process.stdout.write(`${formatTable(["name", "role", "added"], rows)}\n`);
    }),
  );

const remove = new Command("remove")
  .description("Remove a user of the page, and end his sessions.")
  .argument("<name>", "the user")
  .action(async (name: string, _: object, command: Command) =>
    withStore(command, async (store) => {
      if (!(await removeUser(store, name))) throw new UserError(`there is no user ${name}`);
      if (!(await hasUsers(store)))
        process.stderr.write(
          "No user is left: on localhost the page is open to whoever uses this machine, and beyond it nobody can log in.\n",
        );
    }),
  );

export const userCommand = new Command("user")
  .description(
    `Users of the page, who log in: needed when it is served beyond this machine. In the database ${configHelp}.`,
  )
  .addCommand(add)
  .addCommand(list)
  .addCommand(remove);
