import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

/** A login: belongs to exactly one person. */
@Entity('users')
export class User {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' }) id: string;
  @Column('bigint') personId: string;
  @Column('text') email: string;
  @Column('text') normalForm: string;
  /** Null: invited, and has not chosen one yet. */
  @Column('text', { nullable: true }) passwordHash: string | null;
  @Column('boolean', { default: false }) superAdmin: boolean;
  @Column('timestamptz', { nullable: true }) lastSignInAt: Date | null;
  /** Since then nobody signs in with it. */
  @Column('timestamptz', { nullable: true }) deactivatedAt: Date | null;
  @Column('timestamptz', { default: () => 'now()' }) createdAt: Date;
  @Column('timestamptz', { default: () => 'now()' }) updatedAt: Date;
  @Column('integer', { default: 1 }) version: number;
}
