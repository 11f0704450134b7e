import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

/** A circle of people, in a tree: rights on a group reach its descendants. */
@Entity('groups')
export class Group {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' }) id: string;
  @Column('text') name: string;
  @Column('text', { nullable: true }) externalRef: string | null;
  @Column('text', { nullable: true }) phoneRegion: string | null;
  @Column('text', { nullable: true }) matchConflictingRef: 'by_name' | 'match' | 'separate' | null;
  @Column('boolean', { nullable: true }) matchNameGuard: boolean | null;
  @Column('bigint', { nullable: true }) parentId: string | null;
  @Column('timestamptz', { default: () => 'now()' }) createdAt: Date;
  @Column('timestamptz', { default: () => 'now()' }) updatedAt: Date;
  @Column('integer', { default: 1 }) version: number;
}
