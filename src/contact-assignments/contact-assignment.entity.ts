import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

/** Who (assigned to) looks after whom (person), in a group or personally. */
@Entity('contact_assignments')
export class ContactAssignment {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' }) id: string;
  @Column('bigint') assignedToId: string;
  @Column('bigint') personId: string;
  @Column('bigint', { nullable: true }) groupId: string | null;
  @Column('text', { nullable: true }) note: string | null;
  @Column('bigint', { nullable: true }) assignedById: string | null;
  /** Instead of a person. */
  @Column('bigint', { nullable: true }) assignedByClientId: string | null;
  @Column('timestamptz', { default: () => 'now()' }) createdAt: Date;
  @Column('timestamptz', { default: () => 'now()' }) updatedAt: Date;
  @Column('integer', { default: 1 }) version: number;
}
