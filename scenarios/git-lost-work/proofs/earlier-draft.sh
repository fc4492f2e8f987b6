draft=$earlier_draft
