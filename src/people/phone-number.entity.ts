import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

/** A phone number of a person: as it was sent, and the normal form that is compared. */
@Entity('phone_numbers')
export class PhoneNumber {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' }) id: string;
  @Column('bigint') personId: string;
  @Column('text') number: string;
  @Column('text', { nullable: true }) e164: string | null;
  @Column('text') normalForm: string;
  @Column('text', { nullable: true }) location: string | null;
  @Column('text', { nullable: true }) extension: string | null;
  @Column('boolean', { default: false }) isPrimary: boolean;
  @Column('timestamptz', { default: () => 'now()' }) createdAt: Date;
  @Column('timestamptz', { default: () => 'now()' }) updatedAt: Date;
  @Column('integer', { default: 1 }) version: number;
}
