/** Access lists of a queue: pbs_queue_attributes(7B), "acl_user_enable" and others. */

/** All values of each attribute of a queue: a limit for several users is one line for each. */
export type Attributes = ReadonlyMap<string, readonly string[]>;

/** Lists of hosts are not read: they are about the host that submits. */
const LISTS = [
  ["acl_user_enable", "acl_users", "dpdisp.user"],
  ["acl_group_enable", "acl_groups", "dpdisp.groups"],
] as const;

/** Whether the lists that are in use allow the user who asks. */
export function mayUse(attributes: Attributes): boolean {
  const valueOf = (name: string) => attributes.get(name)?.join(",");
  return LISTS.every(([isUsed, list, names]) =>
    valueOf(isUsed) !== "True" ||
    isAllowed(valueOf(list) ?? "", valueOf(names)?.split(" ") ?? [])
  );
}

/** `ann@*.site,-bob,+carl`: the first entry with the name decides; without any the name is not allowed. */
function isAllowed(list: string, names: readonly string[]): boolean {
  const entries = list.split(",").map((entry) => entry.trim());
  const decides = entries.find((entry) =>
    ["*", ...names].includes(entry.replace(/^[+-]/, "").replace(/@.*$/, ""))
  );
  return decides !== undefined && !decides.startsWith("-");
}
