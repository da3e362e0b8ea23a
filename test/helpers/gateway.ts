import Docker from "dockerode";

/** This machine, as containers reach it; also where it has no other address, and while no container runs. */
export async function gateway(): Promise<string> {
  const { IPAM } = await new Docker().getNetwork("bridge").inspect();
  const address = IPAM?.Config?.[0]?.Gateway;
  if (address === undefined) throw new Error("the engine's own network has no gateway");
  return address;
}
