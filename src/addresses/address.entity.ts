import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

export const ADDRESS_TYPES = ['current', 'permanent', 'emergency1', 'emergency2'] as const;

/** Where a person gets her post: one of each type. */
@Entity('addresses')
export class Address {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' }) id: string;
  @Column('bigint') personId: string;
  @Column('text') addressType: (typeof ADDRESS_TYPES)[number];
  @Column('text', { nullable: true }) address1: string | null;
  @Column('text', { nullable: true }) address2: string | null;
  @Column('text', { nullable: true }) address3: string | null;
  @Column('text', { nullable: true }) address4: string | null;
  @Column('text', { nullable: true }) city: string | null;
  @Column('text', { nullable: true }) state: string | null;
  @Column('text', { nullable: true }) zip: string | null;
  @Column('text', { nullable: true }) country: string | null;
  @Column('timestamptz', { default: () => 'now()' }) createdAt: Date;
  @Column('timestamptz', { default: () => 'now()' }) updatedAt: Date;
  @Column('integer', { default: 1 }) version: number;
}
