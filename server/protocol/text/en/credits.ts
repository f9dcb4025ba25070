/** The ledger's page, receipts, IOUs, trust. */
export default {
  'credits.purse.held': '{held} credits are set aside; {free} can be spent.',
  'credits.purse.coming': '{credits} credits are promised to you and not paid yet.',
  'credits.purse.older': 'Older ones',
  'credits.purse.csv': 'Save all as CSV',
  'credits.purse.csvName': 'statement.csv',
  'credits.purse.supply': 'Where all credits come from, and where they go',
  'credits.purse.supplyHow':
    'Credits are issued by the academy alone: a gift to newcomers, and rewards for lessons, at most {each} a day to each and {day} a day to all. Fees of the market are gathered by the academy; what is burnt is gone. No node can issue any.',
  'credits.purse.outstanding': 'In people’s hands',
  'credits.purse.minted': 'Issued',
  'credits.purse.returned': 'Returned to the academy',
  'credits.purse.burnt': 'Burnt',
  'credits.purse.pending': 'Set aside',
  'credits.purse.today': 'Issued today',
  'credits.purse.agrees': 'All balances together come to {credits}: it agrees.',
  'credits.purse.differs': 'All balances together come to {credits}: it does not agree.',
  'credits.purse.code': 'For what',
  'credits.purse.way': 'Which way',
  'credits.purse.amount': 'Credits',
  'credits.purse.entries': 'Entries',
  'credits.way.minted': 'issued',
  'credits.way.returned': 'returned',
  'credits.way.burnt': 'burnt',
  'credits.way.moved': 'from hand to hand',
  'credits.way.inside': 'within the academy',
  'credits.kind.pending': 'set aside',
  'credits.kind.post': 'paid of what was set aside',
  'credits.kind.void': 'no longer set aside',
  'credits.kind.expire': 'no longer set aside, the time is over',
  'credits.kind.freeze': 'account frozen',
  'credits.kind.thaw': 'account let on',
  // Balances, where credits come from, trust.
  'credits.held': '{heldMicro} cr. of it are set aside; {freeMicro} cr. can be spent.',
  'credits.frozen': 'Your account is frozen: nothing goes out or comes in. Ask those who keep this island.',
  'credits.more': 'Older ones: ledger {before}',
  'credits.moreCsv': 'Older ones: ledger csv {before}',
  'credits.line':
    '{kind, select, pending {·} post {{way, select, in {+} other {−}}} other {·}}{amountMicro} cr., {purpose}: {kind, select, pending {set aside} post {paid of what was set aside} void {no longer set aside} expire {no longer set aside, the time is over} freeze {account frozen} thaw {account let on} other {}}{memo, select, none {} other {: {memo}}}',
  'credits.code.reward': 'reward',
  'credits.code.grant': 'gift of the academy',
  'credits.code.purchase': 'bought',
  'credits.code.sale': 'sold',
  'credits.code.transfer': 'transfer',
  'credits.about.job': 'job {job}',
  'credits.about.verdict': 'job {job}, evidence {evidence}',
  'credits.code.job': 'compute',
  'credits.code.inference': 'model',
  'credits.code.fee': 'fee',
  'credits.code.burn': 'burnt',
  'credits.code.iou': 'promise kept',
  'credits.code.desk': 'the desk',
  'credits.supply.head': '{amountMicro} cr. are in people’s hands; {pendingMicro} cr. of them are set aside.',
  'credits.supply.agrees': 'All accounts together hold {heldMicro} cr.: it agrees.',
  'credits.supply.differs':
    'All accounts together hold {heldMicro} cr.: it does NOT agree. Tell those who keep this island.',
  'credits.supply.line':
    '{amountMicro} cr. {way, select, minted {issued} returned {returned to the academy} burnt {burnt} inside {within the academy} other {from hand to hand}}: {purpose}, {entries, plural, one {# entry} other {# entries}}',
  'credits.supply.today':
    'Issued today: {todayMicro} cr. of {dayMicro} cr. at most, and {eachMicro} cr. at most to each.',
  'credits.trust.whose':
    'Whose? Type: standing KEY, the owner’s key of 64 letters and digits as the page of nodes shows it.',
  'credits.trust.nothing': '{owner} has no verified work behind it yet. That is neither good nor bad.',
  'credits.trust.head': '{owner}, by kind of work:',
  'credits.trust.figure':
    '{kind}: {permille} of 1000; {right, number} right, {wrong, number} wrong, {late, number} late; right work worth {worthMicro} cr. today',
  'credits.trust.credit':
    'Credit: {limitMicro} cr.{stopped, select, yes {, stopped until {owedMicro} cr. are repaid} other {}}',
  'credits.trust.why': 'Why, newest first:',
  'credits.trust.outcome':
    '{kind}, {result, select, right {right} wrong {wrong} other {late}}: worth {valueMicro} cr., {countedMicro} cr. count ({evidence})',
  'help.supply':
    'supply: where all credits came from and went, and whether it comes to what there is.\nExample: supply',
  'help.standing':
    'standing KEY: how far an owner of nodes is trusted with each kind of work, why, and how much credit follows.\nExample: standing 3f0a…',
  // The transparency log, and receipts.
  'credits.log.stopped.log_rolled_back':
    'The ledger has stopped: its books were put back to an earlier day. Nothing is paid until the keeper of this island mends it; what you own is written down.',
  'credits.log.stopped.log_diverged':
    'The ledger has stopped: its books are not those it signed. Nothing is paid until the keeper of this island mends it.',
  'credits.log.stopped.log_guard_missing':
    'The ledger has stopped: it cannot tell what it signed last. Nothing is paid until the keeper of this island mends it.',
  'credits.log.stopped.log_forked':
    'The ledger has stopped: it signed two histories that cannot both be true, and anyone may see the proof. Nothing is paid here any more.',
  'error.ledger_stopped':
    'The ledger has stopped: nothing is paid until the keeper of this island mends it. Nothing left your account.',
  'error.ledger_overloaded': 'Too many payments wait. Nothing left your account; try again in a moment.',
  'credits.receipt.title': 'Receipt',
  'credits.receipt.open': 'Receipt',
  'credits.receipt.openOf': 'Receipt for {id}',
  'credits.receipt.checking': 'Checking…',
  'credits.receipt.fromFile': 'Check a receipt from a file',
  'credits.receipt.save': 'Save as a file',
  'credits.receipt.holds': 'It holds.',
  'credits.receipt.holdsNot': 'It does not hold.',
  'credits.receipt.how':
    'Your browser has computed this by itself. The node sent the numbers; nobody has to be believed about the sums.',
  'credits.receipt.entry': 'Entry',
  'credits.receipt.from': 'From',
  'credits.receipt.to': 'To',
  'credits.receipt.amount': 'Amount',
  'credits.receipt.amountOf': '{credits} credits',
  'credits.receipt.when': 'When',
  'credits.receipt.memo': 'Note',
  'credits.receipt.id': 'Transfer',
  'credits.receipt.step.entry': 'The entry is number {index} of the log.',
  'credits.receipt.step.included':
    '{count, plural, one {# hash leads} other {# hashes lead}} from it to the root of the log at {size, plural, one {# entry} other {# entries}}.',
  'credits.receipt.step.signed': 'The root is signed by {origin}.',
  'credits.receipt.step.ownWord':
    'The key of that log is known from the receipt alone: compare it with the one you know.',
  'credits.receipt.step.known': 'It is the key this browser has known the log by.',
  'credits.receipt.step.first': 'This browser sees that log for the first time, and will know its key from now on.',
  'credits.receipt.step.witnesses':
    '{have, plural, one {# witness of another owner has} other {# witnesses of other owners have}} seen the same root; {need} are asked for.',
  'credits.receipt.step.noWitness':
    'No quorum of witnesses watches this log: {have, plural, one {# has} other {# have}} seen this root.',
  'credits.receipt.step.consistent':
    'What this browser saw last time, {from, plural, one {# entry} other {# entries}}, is the beginning of it.',
  'credits.receipt.step.firstHead':
    'It is the first state of this log that this browser sees; it will compare the next ones with it.',
  'credits.receipt.step.older': 'This browser has seen a later state of the log, and this one is its beginning.',
  'credits.receipt.step.unasked':
    'The log could not be asked, so it was not compared with what this browser saw last time.',
  'credits.receipt.flaw.not_a_receipt': 'This is not a receipt, or not one that can be read here.',
  'credits.receipt.flaw.bad_entry': 'The entry cannot be read, or it is not the one that the receipt names.',
  'credits.receipt.flaw.other_memo': 'The memo is not the one that the entry is bound to.',
  'credits.receipt.flaw.bad_checkpoint': 'The checkpoint of the log cannot be read.',
  'credits.receipt.flaw.other_log': 'It is from another log than the one known here.',
  'credits.receipt.flaw.bad_signature': 'The checkpoint is not signed by the key of the log.',
  'credits.receipt.flaw.not_included':
    'The entry is not in the log: the hashes do not lead to the root that was signed.',
  'credits.receipt.flaw.too_few_witnesses': 'Too few witnesses have seen this state of the log: {have} of {need}.',
  'credits.receipt.flaw.not_consistent':
    'The log does not go on from what this browser saw last time: it has been rewritten. Keep this receipt, and show it to others.',
  'credits.receipt.flaw.not_yet': 'The log has not signed this transfer yet. Try again in a moment.',
}
