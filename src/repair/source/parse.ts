/** The parser and the walk over its tree, which repairs share with edits. */
export * from '../../edits/source';
