import { type CST, Lexer, Parser } from "yaml";
import { AxonError, type SourcePosition } from "../../errors.ts";

const MOST_LEVELS = 100;

/**
 * The tokens of a text, until it is nested too deeply. The composer that takes them calls itself for
 * each level: 100,000 brackets would exhaust the stack, and with it sometimes the whole process.
 */
export function* shallowTokens(
  text: string,
  positionAt: (offset: number) => SourcePosition,
): Generator<CST.Token, void> {
  const parser = new Parser();
  for (const lexeme of new Lexer().lex(text)) {
    yield* parser.next(lexeme);
    if (parser.stack.length > MOST_LEVELS) throw tooDeep(positionAt(parser.offset));
  }
  yield* parser.end();
}

function tooDeep(at: SourcePosition): AxonError {
  const message = `this is nested more than ${MOST_LEVELS} levels deep`;
  return new AxonError("SERVICEFILE_SYNTAX", message, { at });
}
