/** Answers `text` to whoever asks for it at port 80, until it is told to stop. */
export function answering(text: string): string {
  return `trap 'exit 0' TERM; mkdir -p /www; echo ${text} >/www/index.html; httpd -f -h /www & wait`;
}

export const WEB_HEALTH =
  "healthcheck: {test: wget -qO /dev/null http://127.0.0.1/, interval: 200ms, timeout: 10s, retries: 4}";
