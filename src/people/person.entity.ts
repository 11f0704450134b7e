import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

/** Someone a group knows. Contact points, memberships and assignments stand in their own tables. */
@Entity('people')
export class Person {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' }) id: string;
  @Column('text', { nullable: true }) firstName: string | null;
  @Column('text', { nullable: true }) middleName: string | null;
  @Column('text', { nullable: true }) lastName: string | null;
  @Column('text', { nullable: true }) gender: string | null;
  @Column('date', { nullable: true }) birthDate: string | null;
  @Column('text', { nullable: true }) externalRef: string | null;
  @Column('bigint', { nullable: true }) createdById: string | null;
  /** Instead of a person. */
  @Column('bigint', { nullable: true }) createdByClientId: string | null;
  @Column('timestamptz', { default: () => 'now()' }) createdAt: Date;
  @Column('timestamptz', { default: () => 'now()' }) updatedAt: Date;
  @Column('integer', { default: 1 }) version: number;
  @Column('timestamptz', { nullable: true }) deletedAt: Date | null;
}
