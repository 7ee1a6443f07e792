/** An account that may call the management API and APIs with authentication `IAM`. */
export interface Account {
  readonly domainId: string;
  /** Account name, as access control lists of type `DOMAIN` have it. */
  readonly domainName: string;
  readonly projectId: string;
  readonly userName: string;
}

/** A key pair with which an account signs. */
export interface AccessKey {
  readonly accessKey: string;
  readonly secretKey: string;
  readonly account: Account;
}

/** Who is known to the runtime: the stand-in for the cloud's identity service. */
export interface Identities {
  byAccessKey(accessKey: string): AccessKey | undefined;
  /** The account of a valid, unexpired token. */
  byToken(token: string): Account | undefined;
}
