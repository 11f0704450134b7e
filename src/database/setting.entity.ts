import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What every process on one database has to know alike: the generated signing key. */
@Entity('settings')
export class Setting {
  @PrimaryColumn('text') name: string;
  @Column('text') value: string;
}
