import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

/** An e-mail address of a person: as it was sent, and the normal form that is compared. */
@Entity('email_addresses')
export class EmailAddress {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' }) id: string;
  @Column('bigint') personId: string;
  @Column('text') email: string;
  @Column('text') normalForm: string;
  @Column('boolean', { default: false }) isPrimary: boolean;
  @Column('timestamptz', { default: () => 'now()' }) createdAt: Date;
  @Column('timestamptz', { default: () => 'now()' }) updatedAt: Date;
  @Column('integer', { default: 1 }) version: number;
}
