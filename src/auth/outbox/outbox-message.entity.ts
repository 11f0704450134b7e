import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

/** What a mail is about. */
export type MailKind = 'invitation' | 'password_reset' | 'password_changed' | 'email_changed';

/** A mail that is to be sent. It is written when it leaves: no token and no text stands here. */
@Entity('outbox_messages')
export class OutboxMessage {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' }) id: string;
  @Column('text') kind: MailKind;
  /** Whom it is about; null: whoever has `address` as login, if anybody has. */
  @Column('bigint', { nullable: true }) userId: string | null;
  /** Where it goes to; null: to the login of the user. */
  @Column('text', { nullable: true }) address: string | null;
  @Column('integer', { default: 0 }) attempts: number;
  /** Not before this moment; whoever takes it puts it off until after the next attempt. */
  @Column('timestamptz', { default: () => 'now()' }) dueAt: Date;
  @Column('timestamptz', { default: () => 'now()' }) createdAt: Date;
}
