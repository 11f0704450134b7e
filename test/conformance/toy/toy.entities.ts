import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

/** What every toy has. */
abstract class Toy {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' }) id: string;
  @Column('timestamptz', { default: () => 'now()' }) createdAt: Date;
  @Column('timestamptz', { default: () => 'now()' }) updatedAt: Date;
  @Column('integer', { default: 1 }) version: number;
}

/** Stands in a tree, may have a twin (whose twin it need not be), friends, and an animal that is known as two types. */
@Entity('toy_nodes')
export class ToyNode extends Toy {
  @Column('text') name: string;
  @Column('bigint', { nullable: true }) parentId: string | null;
  @Column('bigint', { nullable: true }) twinId: string | null;
  @Column('bigint', { nullable: true }) animalId: string | null;
}

@Entity('toy_tags')
export class ToyTag extends Toy {
  @Column('text') label: string;
  @Column('text', { nullable: true }) color: string | null;
  @Column('boolean', { default: false }) kept: boolean;
}

/** One table, two types. */
@Entity('toy_animals')
export class ToyAnimal extends Toy {
  @Column('text') name: string;
  @Column('text') kind: string;
}

/** Points at a right, which points back at whichever left. */
@Entity('toy_lefts')
export class ToyLeft extends Toy {
  @Column('text') name: string;
  @Column('bigint') rightId: string;
}

@Entity('toy_rights')
export class ToyRight extends Toy {
  @Column('text') name: string;
  @Column('bigint', { nullable: true }) leftId: string | null;
}

/** A value of every type, each of which may be missing. */
@Entity('toy_values')
export class ToyValue extends Toy {
  @Column('text', { nullable: true }) text: string | null;
  @Column('integer', { nullable: true }) whole: number | null;
  @Column('boolean', { nullable: true }) flag: boolean | null;
  @Column('date', { nullable: true }) day: string | null;
  @Column('timestamptz', { nullable: true }) moment: Date | null;
  @Column('bigint', { nullable: true }) nodeId: string | null;
  @Column('jsonb', { nullable: true }) extra: unknown;
  @Column('text', { nullable: true }) secret: string | null;
}

/** Read by its owner alone. */
@Entity('toy_notes')
export class ToyNote extends Toy {
  @Column('text') text: string;
  @Column('bigint') nodeId: string;
  @Column('bigint') ownerId: string;
}
