/** Clearing away the old container is nothing that the next step has to wait for. */
export function isCleanUp(id: string): boolean {
  return id.startsWith("container.remove:");
}
