/** How passwords are turned into what a router keeps. Equal input gives equal output, so that plans are stable. */
export interface PasswordHash {
  /** RFC 2617's HA1: the hexadecimal MD5 of `user:realm:password`. */
  digest(user: string, realm: string, password: string): string;
  /** bcrypt; `seed` decides the salt. */
  basic(seed: string, password: string): string;
}
