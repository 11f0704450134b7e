import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

/** Lets whoever has its token choose the user's password, once. */
@Entity('one_time_links')
export class OneTimeLink {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' }) id: string;
  @Column('bigint') userId: string;
  @Column('text') purpose: 'invitation' | 'password_reset';
  /** The mail that brought it; it is gone once it has left. */
  @Column('bigint') messageId: string;
  /** SHA-256: the token is 256 random bits, which nobody guesses from it. */
  @Column('text') tokenHash: string;
  @Column('timestamptz') expiresAt: Date;
  @Column('timestamptz', { default: () => 'now()' }) createdAt: Date;
}
