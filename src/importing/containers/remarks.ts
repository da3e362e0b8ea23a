/** What a Servicefile does not say of the containers that it was made of, or says in another way. */
export class Remarks {
  readonly lines: string[] = [];

  tell(subject: string, says: string): void {
    this.lines.push(`${subject}: ${says}`);
  }
}
